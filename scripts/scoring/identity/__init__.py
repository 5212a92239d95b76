"""Who is who: records that may be one person, proposed for a person to judge."""
