{{ land("sales", "orders") }}
