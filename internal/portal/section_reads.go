package portal

import (
	"context"
	"net/http"
	"time"

	"github.com/account-operator/account-operator/internal/store"
)

// daysOfReads is how far back the page goes.
const daysOfReads = 30

// readsSection leads to the page of who read what the account holds.
func readsSection(h held) section {
	return section{
		id: "reads", title: "Who reads what you keep here",
		show:  func(context.Context, member) (any, error) { return daysOfReads, nil },
		steps: map[string]memberStep{"GET " + readsPath: h.listReads},
	}
}

// reads is what the page shows.
type reads struct {
	Days int
	All  []dayOfReads // the newest first
}

// dayOfReads are those of one day, by reader.
type dayOfReads struct {
	Day     time.Time
	Readers []store.DayOfReads
}

func (h held) listReads(r *http.Request, in member) (page, error) {
	today := time.Now().UTC().Truncate(24 * time.Hour)
	all, err := h.store.Holder(in.AccountID).ReadsSince(r.Context(), today.AddDate(0, 0, 1-daysOfReads))
	if err != nil {
		return goneMember(err)
	}
	shown := reads{Days: daysOfReads}
	for _, each := range all {
		last := len(shown.All) - 1
		if last < 0 || !shown.All[last].Day.Equal(each.Day) {
			shown.All, last = append(shown.All, dayOfReads{Day: each.Day}), last+1
		}
		shown.All[last].Readers = append(shown.All[last].Readers, each)
	}
	return below("reads", "Who reads what you keep here", shown), nil
}
