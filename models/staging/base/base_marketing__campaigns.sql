{{ land("marketing", "campaigns") }}
