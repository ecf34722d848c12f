package accountapi

import "github.com/account-operator/account-operator/internal/store"

// sections are in the order of the documentation.
func (s *service) sections() []section {
	return []section{
		{"The account", s.userRoutes()},
		{"Environment variables", s.secretRoutes()},
		{"Second factor", s.factorRoutes()},
		{"API keys", s.keyRoutes()},
		{"Cloud connections", s.connectionRoutes()},
		{"SSH keys", s.sshKeyRoutes()},
		{"Teams", s.teamRoutes()},
		{"Roles of teams", s.roleRoutes()},
		{"Invoices and credit", s.billingRoutes()},
		{"What was done, and from where", s.auditRoutes()},
		{"Machines and clusters", s.hostRoutes()},
		{"Instances and volumes", s.instanceRoutes()},
		{"Webhooks", s.webhookRoutes()},
	}
}

// Documented is a route as the documentation shows it.
type Documented struct {
	Section, Method, Path, Command string
	Right                          store.KeyRight // empty: every key has it
	Writes                         bool           // takes a session where there is a second factor
	Does                           string         // what it does; empty where it cannot
	Cannot                         string         // why it does not
}

// Routes are all of them.
func Routes() (all []Documented) {
	for _, of := range (&service{}).sections() {
		for _, r := range of.routes {
			does := r.does
			if r.cannot != "" {
				does = ""
			}
			all = append(all, Documented{of.title, r.method, r.path, r.command, r.right, r.use == writes, does, r.cannot})
		}
	}
	return all
}
