{{ land("finance", "loans") }}
