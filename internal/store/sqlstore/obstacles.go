package sqlstore

import "github.com/account-operator/account-operator/internal/store"

// obstacles are what is in the way of a deletion, whoever asks for it.
type obstacles []store.Blocker

// blockersOf counts each kind of what runs in the account, and names the first few, up to the number at the placeholder. What belongs to teams
// counts where they go with the account.
func blockersOf(account, most, withTeams string) string {
	return `SELECT kind, id, total, in_teams FROM (
		SELECT kind, id, count(*) OVER (PARTITION BY kind) AS total, count(team_id) OVER (PARTITION BY kind) AS in_teams,
			row_number() OVER (PARTITION BY kind ORDER BY id) AS place
		FROM dependents WHERE holder_id = ` + account + ` AND (team_id IS NULL OR ` + withTeams + `)) AS ranked
	WHERE place <= ` + most + ` ORDER BY kind, id`
}

var (
	blockersOfClaim = blockersOf(liveAccount, "$3", "$4")
	blockersOfID    = blockersOf("$1", "$2", "TRUE")
)

func (o *obstacles) add(r row) error {
	var next store.Blocker
	var id string
	if err := r.Scan(&next.Kind, &id, &next.Count, &next.InTeams); err != nil {
		return err
	}
	if n := len(*o); n == 0 || (*o)[n-1].Kind != next.Kind {
		*o = append(*o, next)
	}
	last := &(*o)[len(*o)-1]
	last.IDs = append(last.IDs, id)
	return nil
}

// addTeams counts those that the account owns.
func (o *obstacles) addTeams(r row) error {
	teams := store.Blocker{Kind: store.BlockerTeams}
	err := r.Scan(&teams.Count)
	if teams.Count > 0 {
		*o = append(*o, teams)
	}
	return err
}
