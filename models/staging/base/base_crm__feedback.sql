{{ land("crm", "feedback") }}
