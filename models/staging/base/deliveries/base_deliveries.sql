{{ deliveries_table() }}
