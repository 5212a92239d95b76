{{ contract_columns_table() }}
