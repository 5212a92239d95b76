{{ land("crm", "customers") }}
