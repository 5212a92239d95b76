{{ land("marketing", "responses") }}
