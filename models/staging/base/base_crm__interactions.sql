{{ land("crm", "interactions") }}
