{{ land("crm", "leads") }}
