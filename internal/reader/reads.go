package reader

import (
	"context"
	"sync"
	"time"

	"github.com/go-logr/logr"

	"github.com/account-operator/account-operator/internal/store"
)

// What was read is written every countEvery, and countsMost are kept in mind meanwhile: beyond that nothing is given that could not be counted.
const (
	countEvery  = time.Second
	countsMost  = 100_000
	countWithin = 10 * time.Second
)

// reads counts what each reader gets of each account, by the hour.
type reads struct {
	readers store.Readers
	log     logr.Logger

	mu     sync.Mutex
	counts map[readOf]int64
}

type readOf struct {
	reader  string
	account int64
	hour    time.Time
}

func newReads(readers store.Readers, log logr.Logger) *reads {
	return &reads{readers: readers, log: log, counts: map[readOf]int64{}}
}

// count reports whether it could.
func (c *reads) count(reader string, account int64) bool {
	of := readOf{reader, account, time.Now().UTC().Truncate(time.Hour)}
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.counts) >= countsMost && c.counts[of] == 0 {
		return false
	}
	c.counts[of]++
	return true
}

func (c *reads) run(ctx context.Context) {
	tick := time.NewTicker(countEvery)
	defer tick.Stop()
	for ctx.Err() == nil {
		select {
		case <-ctx.Done():
		case <-tick.C:
		}
		c.write(ctx)
	}
}

// write also works when ctx is over. What could not be written is tried again.
func (c *reads) write(ctx context.Context) {
	c.mu.Lock()
	taken := c.counts
	c.counts = map[readOf]int64{}
	c.mu.Unlock()
	if len(taken) == 0 {
		return
	}
	rows := make([]store.ReadCount, 0, len(taken))
	for of, n := range taken {
		rows = append(rows, store.ReadCount{Reader: of.reader, Account: of.account, Hour: of.hour, Reads: n})
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), countWithin)
	defer cancel()
	if err := c.readers.CountReads(ctx, rows); err != nil {
		c.log.Error(err, "reads could not be counted yet")
		c.mu.Lock()
		defer c.mu.Unlock()
		for of, n := range taken {
			c.counts[of] += n
		}
	}
}
