{{ land("sales", "order_lines") }}
