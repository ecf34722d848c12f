package accountapi

import (
	"encoding/json"
	"net/http"

	"github.com/account-operator/account-operator/internal/store"
)

func (s *service) billingRoutes() []route {
	const empty = "an empty list: the store keeps no money"
	return []route{
		{
			method: http.MethodGet, path: "/api/v1/invoices", right: store.KeyBillingRead, use: reads, command: "show invoices-v1",
			does: empty, answer: listsNothing("when"),
		},
		{
			method: http.MethodGet, path: "/api/v0/charges", right: store.KeyBillingRead, use: reads, command: "show invoices-v1 --charges",
			does: empty, answer: listsNothing("day"),
		},
		{
			method: http.MethodGet, path: "/api/v0/users/{user}/invoices", right: store.KeyBillingRead, use: reads, command: "show invoices",
			does: "empty lists, as above",
			answer: ofMine(func(*request) (any, error) {
				return map[string]any{"success": true, "invoices": []any{}, "current": noMoney()}, nil
			}),
		},
		{
			method: http.MethodGet, path: "/api/v0/users/{user}/machine-earnings", right: store.KeyBillingRead, use: reads, command: "show earnings",
			does: "empty lists, as above", answer: ofMine(s.earnings),
		},
		{
			method: http.MethodPut, path: "/api/v0/commands/transfer_credit", right: store.KeyBillingWrite, use: writes, command: "transfer credit",
			cannot: "The store keeps no credit, so that none is transferred.",
		},
	}
}

// ofMine is for paths that name an account: that of the key, or "me".
func ofMine(answer func(*request) (any, error)) func(*request) (any, error) {
	return func(q *request) (any, error) {
		if !q.mine(q.PathValue("user")) {
			return nil, newProblem(http.StatusForbidden, "forbidden", "A key is for its own account. Write me, or its ID.")
		}
		return answer(q)
	}
}

func noMoney() map[string]any {
	return map[string]any{"charges": 0, "service_fee": 0, "total": 0, "balance": 0, "credit": 0}
}

// listsNothing answers a list that takes a range of time. Without one the client is answered so, with the status of what was done.
func listsNothing(field string) func(*request) (any, error) {
	return func(q *request) (any, error) {
		if !hasRange(q.URL.Query().Get("select_filters"), field) {
			return map[string]any{
				"success": false, "error": "invalid_args", "msg": `select_filters takes a range of seconds, as {"` + field + `": {"gte": 1767225600}}.`,
				"count": 0, "total": 0, "next_token": nil, "results": []any{},
			}, nil
		}
		return map[string]any{"success": true, "count": 0, "total": 0, "next_token": nil, "results": []any{}}, nil
	}
}

func hasRange(filters, field string) bool {
	var given map[string]map[string]json.Number
	return json.Unmarshal([]byte(filters), &given) == nil && len(given[field]) > 0
}

func (s *service) earnings(q *request) (any, error) {
	account, err := q.holder.Account(q.Context())
	if err != nil {
		return nil, err
	}
	invoice := account.Invoice
	return map[string]any{
		"success": true, "username": account.Username, "email": account.Email, "fullname": invoice.Name,
		"address1": invoice.Line1, "address2": invoice.Line2, "city": invoice.City, "zip": invoice.PostalCode, "country": invoice.Country,
		"taxinfo": invoice.TaxID, "current": noMoney(),
		"summary":     map[string]any{"total_gpu": 0, "total_stor": 0, "total_bwu": 0, "total_bwd": 0},
		"per_machine": []any{}, "per_day": []any{},
	}, nil
}
