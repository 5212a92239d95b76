{{ land("finance", "invoices") }}
