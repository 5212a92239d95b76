{{ land("crm", "identity_links") }}
