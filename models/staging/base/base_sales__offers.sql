{{ land("sales", "offers") }}
