package accountapi

import (
	"net/http"
	"strings"

	"github.com/account-operator/account-operator/internal/store"
)

// auditShown is how many rows of the audit one answer lists.
const auditShown = 1000

func (s *service) auditRoutes() []route {
	return []route{
		{
			method: http.MethodGet, path: "/api/v0/audit_logs", right: store.KeyUserRead, use: reads, command: "show audit-logs",
			does: "the last thousand changes of the account, by whomever: when, and what was touched, never what it holds", answer: s.listAudit,
		},
		{
			method: http.MethodGet, path: "/api/v0/users/{user}/ipaddrs", right: store.KeyUserRead, use: reads, command: "show ipaddrs",
			does: "from where the sessions of the settings page began that last", answer: ofMine(s.listAddresses),
		},
	}
}

// holdersOwn is what the operations of a holder begin with. What objects and the platform touch is called by names of theirs.
const holdersOwn = "Holder"

func (s *service) listAudit(q *request) (any, error) {
	all, err := q.holder.Audit(q.Context(), auditShown)
	if err != nil {
		return nil, err
	}
	shown := make([]map[string]any, len(all))
	for n, a := range all {
		names := map[string][]string{}
		if strings.HasPrefix(a.Op, holdersOwn) && a.Names != nil {
			names = a.Names
		}
		shown[n] = map[string]any{"created_at": unix(a.At), "api_route": a.Op, "args": names, "ip_address": "", "api_key_id": nil}
	}
	return shown, nil
}

func (s *service) listAddresses(q *request) (any, error) {
	sessions, err := s.Store.Sessions(q.Context(), q.in.AccountID)
	if err != nil {
		return nil, err
	}
	shown := make([]map[string]any, len(sessions))
	for n, in := range sessions {
		shown[n] = map[string]any{
			"id": numberOf(in.ID), "user_id": numberOf(q.in.AccountID), "ip": in.Peer, "ip_address": in.Peer,
			"first_seen": unix(in.Created), "timestamp": unix(in.Created), "first_location": nil,
		}
	}
	return map[string]any{"success": true, "results": shown}, nil
}
