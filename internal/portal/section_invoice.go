package portal

import (
	"context"
	"net/url"

	"github.com/account-operator/account-operator/internal/store"
)

// invoiceForm has its fields in the order of an invoice. No more is taken than an Account's spec takes.
var invoiceForm = []field{
	{Name: "invoice.name", Label: "Name", Type: "text", Complete: "billing name", Max: 128},
	{Name: "invoice.company", Label: "Company", Type: "text", Complete: "billing organization", Max: 128},
	{Name: "invoice.taxID", Label: "Tax ID", Type: "text", Complete: "off", Max: 64},
	{Name: "invoice.email", Label: "Address for invoices by mail", Type: "email", Complete: "billing email", Max: 254},
	{Name: "invoice.purchaseOrder", Label: "Purchase order", Type: "text", Complete: "off", Max: 64},
	{Name: "invoice.address.line1", Label: "Street and number", Type: "text", Complete: "billing address-line1", Max: 128},
	{Name: "invoice.address.line2", Label: "Second line", Type: "text", Complete: "billing address-line2", Max: 128},
	{Name: "invoice.address.postalCode", Label: "Postal code", Type: "text", Complete: "billing postal-code", Max: 16},
	{Name: "invoice.address.city", Label: "City", Type: "text", Complete: "billing address-level2", Max: 128},
	{Name: "invoice.address.region", Label: "State or province", Type: "text", Complete: "billing address-level1", Max: 64},
	{Name: "invoice.address.country", Label: "Country, as a code of two letters such as DE", Type: "text", Complete: "billing country", Max: 2},
}

const countryLeaf = "invoice.address.country"

// invoice is what the section of this name shows.
type invoice struct {
	Fields  []field
	Managed bool // all of them
}

func invoiceOf(now store.HeldAccount, typed url.Values, problems []problem) invoice {
	shown := invoice{Fields: fieldsOf(invoiceForm, now, typed, problems), Managed: true}
	for _, f := range shown.Fields {
		shown.Managed = shown.Managed && f.Managed
	}
	return shown
}

// invoiceSection is what goes onto invoices.
func invoiceSection(h held) section {
	return section{
		id: "invoice", title: "Invoice information",
		show: func(ctx context.Context, in member) (any, error) {
			now, err := h.account(ctx, in)
			return invoiceOf(now, nil, nil), err
		},
		steps: map[string]memberStep{"POST /settings/invoice": h.set("invoice", readInvoice)},
	}
}

func readInvoice(typed url.Values, now store.HeldAccount) (want store.HolderSpec, shown any, problems []problem) {
	want, problems = changes(invoiceForm, now, typed)
	if code := want.Invoice.Country; code != nil && *code != "" && !isCountry(*code) {
		problems = append(problems, problem{countryLeaf, "Write two capital letters, such as DE."})
	}
	return want, invoiceOf(now, typed, problems), problems
}

func isCountry(code string) bool {
	return len(code) == 2 && 'A' <= code[0] && code[0] <= 'Z' && 'A' <= code[1] && code[1] <= 'Z'
}
