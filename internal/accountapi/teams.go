package accountapi

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/account-operator/account-operator/internal/legible"
	"github.com/account-operator/account-operator/internal/store"
)

const (
	teamPath = "/api/v0/team"
	// membersShown is how many members one answer lists.
	membersShown = 1000
)

func (s *service) teamRoutes() []route {
	const noInvitations = "The store has no room for invitations. The platform team, or the service that keeps teams, adds members."
	return []route{
		{
			method: http.MethodPost, path: teamPath, right: store.KeyUserWrite, use: writes, command: "create team",
			does: "makes a team that the account owns. No credit goes along", answer: s.createTeam,
		},
		{
			method: http.MethodDelete, path: teamPath, right: store.KeyUserWrite, use: writes, command: "destroy team",
			does: "ends the team that the account owns; of several, the one of `?team_id=`. Refused while something runs in it", answer: s.destroyTeam,
		},
		{
			method: http.MethodPost, path: teamPath + "/invite", right: store.KeyTeamWrite, use: writes, command: "invite member",
			cannot: noInvitations,
		},
		{
			method: http.MethodGet, path: teamPath + "/members", right: store.KeyTeamRead, use: reads, command: "show members",
			does: "who is in the teams of the account, or in the one of `?team_id=`; `team_id` and `team_name` say which", answer: s.listMembers,
		},
		{
			method: http.MethodDelete, path: teamPath + "/members/{id}", right: store.KeyTeamWrite, use: writes, command: "remove member",
			does: "ends a membership in the team that the account owns; of several, the one of `?team_id=`", answer: s.removeMember,
		},
	}
}

func (s *service) createTeam(q *request) (any, error) {
	var given struct {
		Name   text `json:"team_name"`
		Credit text `json:"transfer_credit"`
	}
	if err := q.read(&given); err != nil {
		return nil, err
	}
	name := strings.TrimSpace(string(given.Name))
	if name == "" || len(name) > store.MaxTeamName || !legible.IsLine(name) {
		return nil, newProblem(http.StatusBadRequest, "invalid_args", "A team takes a name, of one line and at most 255 bytes.")
	}
	if credit, err := strconv.ParseFloat(cmp.Or(string(given.Credit), "0"), 64); err != nil || credit != 0 {
		return nil, notOffered("The store keeps no credit, so that none is transferred. No team was made.")
	}
	id, err := q.holder.CreateTeam(q.Context(), name)
	if err != nil {
		return nil, err
	}
	return map[string]any{"success": true, "msg": "The team was made.", "team_id": numberOf(id)}, nil
}

// teams are those of the account; with ?team_id= that one.
func (q *request) teams(owned bool) (teams []store.HeldTeam, err error) {
	all, err := q.holder.Teams(q.Context())
	if err != nil {
		return nil, err
	}
	named := q.URL.Query().Get("team_id")
	for _, t := range all {
		if (t.Owned || !owned) && (named == "" || named == t.ID || named == strconv.FormatInt(int64(numberOf(t.ID)), 10)) {
			teams = append(teams, t)
		}
	}
	return teams, nil
}

// team is the one that the account owns and a change is about. The client has a key for each team, and so names none.
func (q *request) team() (store.HeldTeam, error) {
	teams, err := q.teams(true)
	switch {
	case err != nil:
		return store.HeldTeam{}, err
	case len(teams) == 0:
		return store.HeldTeam{}, newProblem(http.StatusNotFound, "not_found", "The account owns no such team.")
	case len(teams) > 1:
		return store.HeldTeam{}, newProblem(http.StatusBadRequest, "invalid_args",
			fmt.Sprintf("The account owns %d teams. Say which one: ?team_id=ID, as show members lists them. Nothing was changed.", len(teams)))
	}
	return teams[0], nil
}

func (s *service) destroyTeam(q *request) (any, error) {
	team, err := q.team()
	if err != nil {
		return nil, err
	}
	err = q.holder.DeleteTeam(q.Context(), team.ID)
	blocked := (*store.BlockedError)(nil)
	switch {
	case errors.As(err, &blocked):
		var has []string
		for _, b := range blocked.Blockers {
			has = append(has, fmt.Sprintf("%d %s", b.Count, strings.ToLower(b.Kind)))
		}
		return nil, newProblem(http.StatusBadRequest, "team_in_use",
			fmt.Sprintf("The team still has: %s. Remove them where they run first. Nothing was changed.", strings.Join(has, ", ")))
	case err != nil:
		return nil, err
	}
	return map[string]any{"success": true, "msg": "The team was ended.", "pkey_id": numberOf(q.in.ID)}, nil
}

func (s *service) listMembers(q *request) (any, error) {
	shown := []map[string]any{}
	err := q.eachMember(func(t store.HeldTeam, m store.TeamMember) {
		shown = append(shown, map[string]any{
			"id": numberOf(m.AccountID), "username": m.Username, "email": m.Email, "fullname": "", "roles": []string{roleOf(m)},
			"team_id": numberOf(t.ID), "team_name": t.Name,
		})
	})
	return shown, err
}

// eachMember goes through the teams until there are more members than one answer lists.
func (q *request) eachMember(each func(store.HeldTeam, store.TeamMember)) error {
	teams, err := q.teams(false)
	if err != nil {
		return err
	}
	for left := membersShown; len(teams) > 0 && left > 0; teams = teams[1:] {
		members, err := q.holder.Members(q.Context(), teams[0].ID, left)
		if errors.Is(err, store.ErrNotFound) { // since a moment ago
			continue
		}
		if err != nil {
			return err
		}
		for _, m := range members {
			each(teams[0], m)
		}
		left -= len(members)
	}
	return nil
}

func (s *service) removeMember(q *request) (any, error) {
	id, err := q.id()
	if err != nil {
		return nil, err
	}
	team, err := q.team()
	if err != nil {
		return nil, err
	}
	account := strconv.FormatInt(int64(id), 10) // numbers stand for themselves
	if account == q.in.AccountID {
		return nil, newProblem(http.StatusBadRequest, "invalid_args", "A team's owner is not removed from it.")
	}
	err = q.holder.RemoveMember(q.Context(), team.ID, account)
	if errors.Is(err, store.ErrNotFound) {
		gone := newProblem(http.StatusNotFound, "not_found", "The team has no member of this ID.")
		gone.more = map[string]any{"status": "failure", "message": gone.msg}
		return nil, gone
	}
	if err != nil {
		return nil, err
	}
	return map[string]any{"success": true, "status": "success", "message": "The member was removed."}, nil
}
