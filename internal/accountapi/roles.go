package accountapi

import (
	"cmp"
	"maps"
	"net/http"
	"slices"

	"github.com/account-operator/account-operator/internal/store"
)

// The roles that there always are. Others are whatever the service that keeps teams calls them.
const (
	ownerRole  = "Owner"
	memberRole = "Member"
)

func roleOf(m store.TeamMember) string {
	if m.Owner {
		return ownerRole
	}
	return cmp.Or(m.Role, memberRole)
}

func (s *service) roleRoutes() []route {
	const roles, fixed = teamPath + "/roles", "The store has no room for rights of roles. The service that keeps teams has them."
	return []route{
		{method: http.MethodPost, path: roles, right: store.KeyTeamWrite, use: writes, command: "create team-role", cannot: fixed},
		{
			method: http.MethodGet, path: roles + "/{name}", right: store.KeyTeamRead, use: reads, command: "show team-role",
			does: "a role by its name. Its rights are empty: the service that keeps teams has them", answer: s.showRole,
		},
		{
			method: http.MethodGet, path: teamPath + "/roles-full", right: store.KeyTeamRead, use: reads, command: "show team-roles",
			does: "the roles that members have, without the owner's", answer: s.listRoles,
		},
		{method: http.MethodPut, path: roles + "/{id}", right: store.KeyTeamWrite, use: writes, command: "update team-role", cannot: fixed},
		{method: http.MethodDelete, path: roles + "/{name}", right: store.KeyTeamWrite, use: writes, command: "remove team-role", cannot: fixed},
	}
}

func (q *request) roles() ([]string, error) {
	names := map[string]bool{memberRole: true}
	err := q.eachMember(func(_ store.HeldTeam, m store.TeamMember) {
		if !m.Owner {
			names[roleOf(m)] = true
		}
	})
	return slices.Sorted(maps.Keys(names)), err
}

func roleShown(name string) map[string]any {
	return map[string]any{"id": numberOf(name), "name": name, "identifier": name, "permissions": map[string]any{}}
}

func (s *service) listRoles(q *request) (any, error) {
	names, err := q.roles()
	shown := make([]map[string]any, len(names))
	for n, name := range names {
		shown[n] = roleShown(name)
	}
	return shown, err
}

func (s *service) showRole(q *request) (any, error) {
	names, err := q.roles()
	if err != nil {
		return nil, err
	}
	if name := q.PathValue("name"); slices.Contains(names, name) {
		return roleShown(name), nil
	}
	return nil, newProblem(http.StatusNotFound, "not_found", "No member of the account's teams has this role.")
}
