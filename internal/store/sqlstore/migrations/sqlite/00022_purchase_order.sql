-- +goose Up
-- The number that the customer wants to see on invoices.
ALTER TABLE accounts ADD COLUMN invoice_purchase_order TEXT NOT NULL DEFAULT '';
-- +goose StatementBegin
CREATE TRIGGER accounts_purchase_order_updated AFTER UPDATE OF invoice_purchase_order ON accounts
WHEN (SELECT own FROM writer) = 0 AND NEW.invoice_purchase_order <> OLD.invoice_purchase_order
BEGIN
    INSERT INTO touched VALUES (OLD.cluster, 'Account', OLD.namespace, OLD.namespace_uid, OLD.name, OLD.uid, TRUE);
END;
-- +goose StatementEnd
