{{ land("sales", "offer_products") }}
