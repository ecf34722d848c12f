package store

// Settings are the leaves of an account that a platform team and the account holder share. T is *string in what is wanted: nil is the
// account holder's, and a pointer to "" clears. It is string in what an account has.
//
// A leaf that was added after the first of them is omitted where it is empty: the record of an Account that does not set it stays as it
// was, and an upgrade puts no account again.
type Settings[T any] struct {
	Username   T
	Theme      T // "Dark", "Light" or "System"
	Newsletter T // "Subscribed" or "Unsubscribed"
	Invoice    Invoice[T]
}

// Invoice is what goes onto the account's invoices.
type Invoice[T any] struct {
	Name, Company, TaxID, Email                     T
	Line1, Line2, City, Region, PostalCode, Country T

	PurchaseOrder T `json:",omitempty"`
}

// Leaf is one leaf of Settings.
type Leaf[T any] struct {
	Path   string // in the spec of an Account, and where drift is reported
	Column string // of the table accounts
	Fresh  string // what a new account has
	Value  *T     // in the Settings whose leaf this is
}

// Leaves are all of them, in the order in which status names them. What drifts, what status shows of an invoice, and what a driver
// reads and writes all follow from this list.
func (s *Settings[T]) Leaves() [14]Leaf[T] {
	i := &s.Invoice
	return [...]Leaf[T]{
		{"username", "username", "", &s.Username},
		{"preferences.theme", "theme", "System", &s.Theme},
		{"notifications.newsletter", "newsletter", "Unsubscribed", &s.Newsletter},
		{"invoice.name", "invoice_name", "", &i.Name},
		{"invoice.company", "invoice_company", "", &i.Company},
		{"invoice.taxID", "invoice_tax_id", "", &i.TaxID},
		{"invoice.email", "invoice_email", "", &i.Email},
		{"invoice.address.line1", "invoice_line1", "", &i.Line1},
		{"invoice.address.line2", "invoice_line2", "", &i.Line2},
		{"invoice.address.city", "invoice_city", "", &i.City},
		{"invoice.address.region", "invoice_region", "", &i.Region},
		{"invoice.address.postalCode", "invoice_postal_code", "", &i.PostalCode},
		{"invoice.address.country", "invoice_country", "", &i.Country},
		{"invoice.purchaseOrder", "invoice_purchase_order", "", &i.PurchaseOrder},
	}
}
