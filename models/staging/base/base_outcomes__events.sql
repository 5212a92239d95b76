{{ land("outcomes", "events") }}
