{{ land("marketing", "touches") }}
