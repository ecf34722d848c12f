package store

import (
	"fmt"
	"time"
)

// Identity says which store this is and how far it has come, so that a cluster can remember both.
type Identity struct {
	// ID was drawn with the store's schema. "" for a database that has none yet.
	ID string
	// Incarnation is greater each time that the store was found put back to an older state: the microseconds of the moment at
	// which that was found, since 1970; 0 where it never was.
	Incarnation int64
	// Mark is greater with every Lead, whoever leads.
	Mark int64
	// Newest is the newest write of which the store's audit has a row.
	Newest Commit
	// PutBackTo is the time of the newest write that the store had when it was last found put back; zero where it never was,
	// or had none. What was done from then until Began is not there any more.
	PutBackTo time.Time
}

// Began is when the present incarnation did; zero for a store that was never found put back.
func (i Identity) Began() time.Time {
	if i.Incarnation == 0 {
		return time.Time{}
	}
	return time.UnixMicro(i.Incarnation)
}

// Commit names one write. A store that was put back to before it has no such write, or another one of the same number.
type Commit struct {
	Number int64
	At     time.Time
}

// String is what ParseCommit reads; "" for none.
func (c Commit) String() string {
	if c == (Commit{}) {
		return ""
	}
	return fmt.Sprintf("%d@%s", c.Number, c.At.UTC().Format(time.RFC3339Nano))
}

// ParseCommit reads what String gives; anything else names no write.
func ParseCommit(text string) Commit {
	var c Commit
	var at string
	if _, err := fmt.Sscanf(text, "%d@%s", &c.Number, &at); err != nil {
		return Commit{}
	}
	var err error
	if c.At, err = time.Parse(time.RFC3339Nano, at); err != nil {
		return Commit{}
	}
	return c
}

// OlderThan reports whether a store that once was as known says was put back since. It is not certain to find one that was put
// back by less than a Lead; whether the store still has known.Newest is.
func (i Identity) OlderThan(known Identity) bool {
	if i.ID != known.ID || i.Incarnation > known.Incarnation {
		return false
	}
	return i.Incarnation < known.Incarnation || i.Mark < known.Mark
}
