package accountapi

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/account-operator/account-operator/internal/legible"
	"github.com/account-operator/account-operator/internal/store"
)

func (s *service) userRoutes() []route {
	return []route{
		{
			method: http.MethodGet, path: "/api/v0/users/current", right: store.KeyUserRead, use: reads, command: "show user",
			does: "the account. What the store has no room for, such as credit, is 0 or null", answer: s.showUser,
		},
		{
			method: http.MethodPut, path: "/api/v0/users", right: store.KeyUserWrite, use: writes, command: "set user",
			does:   "changes `username`, `fullname` and the invoice's address (`billaddress_…`), all or nothing; names any other field as one that is not changed here",
			answer: s.setUser,
		},
		{
			method: http.MethodPut, path: "/api/v0/users/current", right: store.KeyUserWrite, use: writes,
			does: "the same, as some scripts ask for it", answer: s.setUser,
		},
		{
			method: http.MethodPost, path: "/api/v0/users", right: store.KeyUserWrite, use: writes, command: "create subaccount",
			cannot: "Subaccounts are not offered. The platform team makes accounts.",
		},
		{
			method: http.MethodGet, path: "/api/v0/subaccounts", right: store.KeyUserRead, use: reads, command: "show subaccounts",
			cannot: "Subaccounts are not offered. The platform team makes accounts.",
		},
	}
}

func (s *service) showUser(q *request) (any, error) {
	account, err := q.holder.Account(q.Context())
	if err != nil {
		return nil, err
	}
	return userOf(q.in, account), nil
}

// userOf is an account as the client shows it. It does without a field only where that says something: this store keeps no money.
func userOf(in store.KeyIn, account store.HeldAccount) map[string]any {
	invoice := account.Invoice
	user := map[string]any{
		"id": numberOf(account.ID), "key_id": numberOf(in.ID), "api_key": "", "sid": "", "rights": permissionsOf(in.APIKey),
		"email": account.Email, "normalized_email": strings.ToLower(account.Email), "email_verified": !account.EmailVerified.IsZero(),
		"email_verified_at": unix(account.EmailVerified), "username": account.Username, "user": account.Username,
		"fullname": orNull(invoice.Name), "full_name": orNull(invoice.Name), "password_resettable": true,
		"billaddress_line1": orNull(invoice.Line1), "billaddress_line2": orNull(invoice.Line2), "billaddress_city": orNull(invoice.City),
		"billaddress_zip": orNull(invoice.PostalCode), "billaddress_country": orNull(invoice.Country), "billaddress_taxinfo": orNull(invoice.TaxID),
		"tfa_status": "disabled", "host_only": false,
	}
	if len(account.Factors.Methods) > 0 {
		user["tfa_status"] = "enabled"
	}
	for _, name := range []string{
		"ssh_key", "phone_number", "paypal_email", "wise_email", "autobill_threshold", "autobill_amount", "last4", "oauth_provider", "discord_id", "created_at",
	} {
		user[name] = nil
	}
	for _, name := range []string{
		"balance", "credit", "balance_threshold", "billed_expected", "billed_verified", "paid_expected", "paid_verified", "total_spend",
		"balance_referrals", "billing_creditonly", "got_signup_credit",
	} {
		user[name] = 0
	}
	for _, name := range []string{
		"balance_threshold_enabled", "has_billing", "has_payout", "payout_enabled", "can_pay", "host_agreement_accepted", "has_rented",
	} {
		user[name] = false
	}
	return user
}

func orNull(text string) any {
	if text == "" {
		return nil
	}
	return text
}

// unix is a time in seconds, and null for none.
func unix(at time.Time) any {
	if at.IsZero() {
		return nil
	}
	return float64(at.UnixMilli()) / 1000
}

// maxField is how long a field of the account may be, as on the settings page.
const maxField = 256

// userFields are those that are changed here.
var userFields = map[string]func(*store.Settings[*string]) **string{
	"username":            func(s *store.Settings[*string]) **string { return &s.Username },
	"fullname":            func(s *store.Settings[*string]) **string { return &s.Invoice.Name },
	"billaddress_line1":   func(s *store.Settings[*string]) **string { return &s.Invoice.Line1 },
	"billaddress_line2":   func(s *store.Settings[*string]) **string { return &s.Invoice.Line2 },
	"billaddress_city":    func(s *store.Settings[*string]) **string { return &s.Invoice.City },
	"billaddress_zip":     func(s *store.Settings[*string]) **string { return &s.Invoice.PostalCode },
	"billaddress_country": func(s *store.Settings[*string]) **string { return &s.Invoice.Country },
	"billaddress_taxinfo": func(s *store.Settings[*string]) **string { return &s.Invoice.TaxID },
}

// userElsewhere says of each other field that the client knows what becomes of it.
var userElsewhere = map[string]string{
	"email":                     "the address is changed on the settings page, which asks for the password",
	"normalized_email":          "it follows from the address",
	"ssh_key":                   "keys have a command of their own (create ssh-key)",
	"phone_number":              "no code is sent to phones",
	"paypal_email":              "nothing is paid out",
	"wise_email":                "nothing is paid out",
	"balance_threshold":         "the store keeps no credit",
	"balance_threshold_enabled": "the store keeps no credit",
	"autobill_threshold":        "the store keeps no credit",
}

func (s *service) setUser(q *request) (any, error) {
	given := map[string]text{}
	if err := q.read(&given); err != nil {
		return nil, err
	}
	if len(given) == 0 {
		return nil, newProblem(http.StatusBadRequest, "missing_input", "Name at least one field. Nothing was changed.")
	}
	var want store.HolderSpec
	for _, name := range slices.Sorted(maps.Keys(given)) {
		if err := setField(&want, name, string(given[name])); err != nil {
			return nil, err
		}
	}
	if err := q.holder.Set(q.Context(), want); err != nil {
		return nil, err
	}
	return map[string]any{"success": true, "msg": "The account was changed."}, nil
}

func setField(want *store.HolderSpec, name, value string) error {
	of, is := userFields[name]
	switch why := userElsewhere[name]; {
	case why != "":
		return newProblem(http.StatusBadRequest, "not_offered", fmt.Sprintf("%s is not changed here: %s. Nothing was changed.", name, why))
	case !is:
		return newProblem(http.StatusBadRequest, "nonexistent_key", fmt.Sprintf("There is no field %.40q. Nothing was changed.", name))
	case len(value) > maxField:
		return newProblem(http.StatusBadRequest, "input_too_long", fmt.Sprintf("%s takes at most %d bytes. Nothing was changed.", name, maxField))
	case value != "" && !legible.IsLine(value):
		return newProblem(http.StatusBadRequest, "invalid_characters", name+" takes one line, without invisible characters. Nothing was changed.")
	}
	value = strings.TrimSpace(value)
	*of(&want.Settings) = &value
	return nil
}
