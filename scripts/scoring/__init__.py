"""Customer scoring: the command line around the dbt project, one module per job."""
