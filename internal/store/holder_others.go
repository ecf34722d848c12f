package store

import (
	"context"
	"time"
)

const (
	// TeamsOfAccount is how many teams an account owns before its holder makes no more, and how many are listed of those that it owns, and
	// of those that it belongs to.
	TeamsOfAccount = 100
	// MaxTeamName is how long the name of a team is, in bytes.
	MaxTeamName = 255
)

// HeldTeams are the teams that the account owns, and those that it belongs to.
type HeldTeams interface {
	// Teams are sorted by ID, those that it owns before the others.
	Teams(ctx context.Context) ([]HeldTeam, error)
	// Members are those of one of these teams, its owner first and then by ID, at most limit and its owner.
	Members(ctx context.Context, team string, limit int) ([]TeamMember, error)
	// CreateTeam makes one that the account owns. *InvalidError for "teams" when it owns TeamsOfAccount.
	CreateTeam(ctx context.Context, name string) (id string, err error)
	// DeleteTeam ends one that it owns, and every membership. *BlockedError while something runs in it.
	DeleteTeam(ctx context.Context, id string) error
	// RemoveMember ends one membership of a team that the account owns.
	RemoveMember(ctx context.Context, team, account string) error
}

// HeldTeam is a team as one who belongs to it sees it.
type HeldTeam struct {
	ID, Name string
	Owned    bool
	Role     string // of a member; empty for its owner
	Created  time.Time
}

// TeamMember is an account in a team.
type TeamMember struct {
	AccountID, Email, Username string
	Owner                      bool
	Role                       string // empty for the owner
}

// DependentKind is a kind of things that other services run for an account, as a Blocker calls it.
type DependentKind string

// The kinds.
const (
	Machine  DependentKind = "Machine"
	Cluster  DependentKind = "Cluster"
	Instance DependentKind = "Instance"
	Volume   DependentKind = "Volume"
)

// HeldElsewhere is what other programs write down of the account. Its holder reads it.
type HeldElsewhere interface {
	// Dependents are of one kind, in the account and in the teams that it owns, sorted by ID, after an ID, at most limit.
	Dependents(ctx context.Context, kind DependentKind, after string, limit int) ([]HeldDependent, error)
	// Audit is what was done to the account, the newest first, at most limit.
	Audit(ctx context.Context, limit int) ([]Audited, error)
}

// HeldDependent is something that runs or lies in the account, or in a team of its.
type HeldDependent struct {
	ID      string
	TeamID  string // empty: in the account itself
	Created time.Time
}

// Audited is a row of the audit.
type Audited struct {
	At time.Time
	Op string
	// Names are those of what was touched, never what it holds.
	Names map[string][]string
}
