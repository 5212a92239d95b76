"""Great Expectations over tables: before staging is used, and before anything is published."""
