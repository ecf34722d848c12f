package reader

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// How long a request waits for a change: by itself, and at most.
const (
	usualWait   = 30 * time.Second
	longestWait = 60
)

// Changes is which accounts changed since a cursor, and the next one.
type Changes struct {
	Cursor   string   `json:"cursor"`
	Accounts []string `json:"accounts"`
}

func (r *Reader) changes(w http.ResponseWriter, req *http.Request, who *principal) *problem {
	after, patience, ok := waitFor(req.URL.RawQuery)
	if !ok {
		return badRequest
	}
	leave := r.limits.enter(&r.limits.waiting, who.name)
	if leave == nil {
		return busy
	}
	defer leave()
	r.metrics.waiting.Inc()
	defer r.metrics.waiting.Dec()
	control := http.NewResponseController(w)
	_ = control.SetReadDeadline(time.Time{}) // it would end the wait
	_ = control.SetWriteDeadline(time.Time{})
	ctx, cancel := context.WithTimeout(req.Context(), patience)
	defer cancel()
	accounts, cursor, refused := r.await(ctx, req, who, after)
	_ = control.SetWriteDeadline(time.Now().Add(answerWithin))
	if refused != nil {
		return refused
	}
	answer := Changes{Cursor: cursor, Accounts: make([]string, len(accounts))}
	for n, account := range accounts {
		answer.Accounts[n] = strconv.FormatInt(account, 10)
	}
	send(w, http.StatusOK, answer)
	return nil
}

// waitFor reads the query, which has each parameter once at most, and no other.
func waitFor(raw string) (after string, patience time.Duration, ok bool) {
	query, err := url.ParseQuery(raw)
	patience = usualWait
	for name, values := range query {
		if len(values) > 1 {
			return "", 0, false
		}
		switch name {
		case "after":
			after = values[0]
		case "timeout":
			seconds, err := strconv.Atoi(values[0])
			if err != nil || seconds < 0 || seconds > longestWait {
				return "", 0, false
			}
			patience = time.Duration(seconds) * time.Second
		default:
			return "", 0, false
		}
	}
	return after, patience, err == nil
}

// await asks the store where the cursor is none that was given out lately, and goes on with what is looked at for all.
func (r *Reader) await(ctx context.Context, req *http.Request, who *principal, after string) ([]int64, string, *problem) {
	if after == "" {
		return r.ask(req.Context(), after, who)
	}
	defer r.feed.join()()
	at := r.feed.begun(ctx, after)
	if !at.known {
		accounts, cursor, refused := r.ask(req.Context(), after, who)
		if refused != nil || len(accounts) > 0 || ctx.Err() != nil {
			return accounts, cursor, refused
		}
	}
	return r.follow(ctx, req, who, after, at)
}

// follow waits from a position on.
func (r *Reader) follow(ctx context.Context, req *http.Request, who *principal, after string, at position) ([]int64, string, *problem) {
	again := time.NewTicker(lookAtKeys)
	defer again.Stop()
	for {
		accounts, next, lost := r.feed.since(at, who.reads)
		switch {
		case lost:
			return r.ask(req.Context(), after, who)
		case next.err != nil:
			return nil, "", problemOf(next.err)
		case len(accounts) > 0:
			return accounts, next.cursor, nil
		}
		at = next
		if over, refused := r.pause(ctx, req, who, next, again.C); over || refused != nil {
			return nil, next.cursor, refused
		}
	}
}

// pause ends when there is another step, or it is time to look who waits; it is over when the client's patience is, or the server leaves.
func (r *Reader) pause(ctx context.Context, req *http.Request, who *principal, at position, again <-chan time.Time) (over bool, refused *problem) {
	select {
	case <-ctx.Done():
		return true, nil
	case <-r.leaving:
		return true, nil
	case <-at.moved:
	case <-again:
		if !r.who.still(ctx, req, who) && ctx.Err() == nil {
			return false, unauthorized
		}
	}
	return false, nil
}

// ask has the store say which accounts changed, of those that the reader may read.
func (r *Reader) ask(ctx context.Context, after string, who *principal) (mine []int64, cursor string, refused *problem) {
	ctx, cancel := context.WithTimeout(ctx, readWithin)
	defer cancel()
	accounts, cursor, err := r.values.ChangedSince(ctx, after)
	if err != nil {
		return nil, "", problemOf(err)
	}
	for _, account := range accounts {
		if who.reads(account) {
			mine = append(mine, account)
		}
	}
	return mine, cursor, nil
}
