-- +goose Up
-- The number that the customer wants to see on invoices.
ALTER TABLE accounts ADD COLUMN invoice_purchase_order TEXT NOT NULL DEFAULT '';
