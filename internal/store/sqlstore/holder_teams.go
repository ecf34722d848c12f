package sqlstore

import (
	"context"
	"crypto/rand"
	"fmt"

	"github.com/account-operator/account-operator/internal/store"
)

// Teams implements store.HeldTeams.
func (h holder) Teams(ctx context.Context) (all []store.HeldTeam, err error) {
	into := func(r row) error {
		var t store.HeldTeam
		err := r.Scan(&t.ID, &t.Name, &t.Owned, &t.Role, moment{&t.Created})
		all = append(all, t)
		return err
	}
	err = h.look(ctx, "reading teams",
		query(into, `SELECT id, name, TRUE, '', created_at FROM teams WHERE owner_id = $1 ORDER BY id LIMIT $2`, h.id, store.TeamsOfAccount),
		query(into, `SELECT t.id, t.name, FALSE, m.role, t.created_at FROM team_members m JOIN teams t ON t.id = m.team_id
			WHERE m.account_id = $1 ORDER BY t.id LIMIT $2`, h.id, store.TeamsOfAccount))
	return all, err
}

// Members implements store.HeldTeams.
func (h holder) Members(ctx context.Context, team string, limit int) (all []store.TeamMember, err error) {
	into := func(r row) error {
		var m store.TeamMember
		err := r.Scan(&m.AccountID, &m.Email, &m.Username, &m.Owner, &m.Role)
		all = append(all, m)
		return err
	}
	const belongs = ` AND (t.owner_id = $1 OR EXISTS (SELECT 1 FROM team_members b WHERE b.team_id = t.id AND b.account_id = $1))`
	err = h.look(ctx, "reading members",
		query(into, `SELECT CAST(a.id AS TEXT), a.email, a.username, TRUE, '' FROM teams t JOIN accounts a ON a.id = t.owner_id
			WHERE t.id = $2`+belongs, h.id, team),
		query(into, `SELECT CAST(a.id AS TEXT), a.email, a.username, FALSE, m.role
			FROM teams t JOIN team_members m ON m.team_id = t.id JOIN accounts a ON a.id = m.account_id
			WHERE t.id = $2`+belongs+` ORDER BY a.id LIMIT $3`, h.id, team, page(limit)))
	if err == nil && len(all) == 0 {
		err = store.ErrNotFound
	}
	return all, err
}

// CreateTeam implements store.HeldTeams.
func (h holder) CreateTeam(ctx context.Context, name string) (id string, err error) {
	if err := checkText("name", name, store.MaxTeamName); err != nil {
		return "", doing("making a team", err)
	}
	var owned int
	count := query(func(r row) error { return r.Scan(&owned) }, `SELECT count(*) FROM teams WHERE owner_id = $1`, h.id)
	made := "team-" + rand.Text()
	err = h.write(ctx, "making a team", []statement{count}, func(heldRow) ([]statement, error) {
		if owned >= store.TeamsOfAccount {
			return nil, &store.InvalidError{Field: "teams", Reason: fmt.Sprintf("are %d already", owned)}
		}
		return []statement{
			exec(`INSERT INTO teams (id, name, owner_id) VALUES ($1, $2, $3)`, made, name, h.id),
			h.audit("CreateTeam", map[string][]string{"set": {made}}),
		}, nil
	})
	if err != nil {
		return "", err
	}
	return made, nil
}

// DeleteTeam implements store.HeldTeams. It locks no account: whoever locks both locks the team first. What comes to the team meanwhile the
// database refuses the one or the other for.
func (h holder) DeleteTeam(ctx context.Context, id string) error {
	owned, blocked := false, &store.BlockedError{}
	return h.writeUnfenced(ctx, "ending the team", []statement{
		query(func(row) error { owned = true; return nil }, `SELECT 1 FROM teams WHERE id = $1 AND owner_id = $2`, id, h.id),
		query(func(r row) error {
			var b store.Blocker
			err := r.Scan(&b.Kind, &b.Count)
			b.InTeams = b.Count
			blocked.Blockers = append(blocked.Blockers, b)
			return err
		}, `SELECT kind, count(*) FROM dependents WHERE holder_id = $1 AND team_id = $2 GROUP BY kind ORDER BY kind`, h.id, id),
	}, func() ([]statement, error) {
		switch {
		case !owned:
			return nil, store.ErrNotFound
		case len(blocked.Blockers) > 0:
			return nil, blocked
		}
		return []statement{
			exec(`DELETE FROM teams WHERE id = $1 AND owner_id = $2`, id, h.id),
			h.audit("DeleteTeam", map[string][]string{"delete": {id}}),
		}, nil
	})
}

// RemoveMember implements store.HeldTeams.
func (h holder) RemoveMember(ctx context.Context, team, account string) error {
	is := false
	found := query(func(row) error { is = true; return nil }, `SELECT 1 FROM team_members m JOIN teams t ON t.id = m.team_id
		WHERE m.team_id = $1 AND m.account_id = $2 AND t.owner_id = $3`, team, accountNumber(account), h.id)
	return h.writeUnfenced(ctx, "removing a member", []statement{found}, func() ([]statement, error) {
		if !is {
			return nil, store.ErrNotFound
		}
		return []statement{
			exec(`DELETE FROM team_members WHERE team_id = $1 AND account_id = $2`, team, accountNumber(account)),
			h.audit("RemoveMember", map[string][]string{"delete": {team, account}}),
		}, nil
	})
}
