{{ land("crm", "customer_attributes") }}
