{{ land("sales", "products") }}
