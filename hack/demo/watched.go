package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"time"

	"k8s.io/apimachinery/pkg/util/wait"

	_ "modernc.org/sqlite" // the driver "sqlite"
)

// look is how often the store is asked for a number: what is measured is at most this much too long.
const look = time.Millisecond

// watched is the store's file as another program sees it: a connection of its own that only reads.
type watched struct{ db *sql.DB }

func watch(path string) (watched, error) {
	file := url.URL{Path: path}
	db, err := sql.Open("sqlite", "file:"+file.EscapedPath()+"?mode=rw&_pragma=busy_timeout(5000)&_pragma=query_only(1)")
	if err != nil {
		return watched{}, fmt.Errorf("opening the store beside the manager: %w", err)
	}
	return watched{db: db}, nil
}

func (w watched) close() error { return w.db.Close() }

// number asks for one number.
func (w watched) number(ctx context.Context, query string) (number int64, err error) {
	err = w.db.QueryRowContext(ctx, query).Scan(&number)
	return number, err
}

// moment is what came of waiting for something.
type moment struct {
	at  time.Time
	err error
}

// whenNot says when the number became another one.
func (w watched) whenNot(ctx context.Context, query string, was int64) <-chan moment {
	seen := make(chan moment, 1)
	go func() {
		err := wait.PollUntilContextCancel(ctx, look, true, func(ctx context.Context) (bool, error) {
			is, err := w.number(ctx, query)
			return is != was, err
		})
		if err != nil {
			err = errors.Join(context.Cause(ctx), fmt.Errorf("waiting for the store: %w", err))
		}
		seen <- moment{time.Now(), err}
	}()
	return seen
}
