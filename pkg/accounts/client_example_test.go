package accounts_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/account-operator/account-operator/pkg/accounts"
)

// A service in a Pod follows what accounts hold, by the token that its cluster projects. The cursor comes before the first look, so that nothing
// falls in between.
func ExampleClient() {
	ctx := context.Background()
	client := &accounts.Client{
		URL: "https://accounts-reader.example.com",
		Token: func(context.Context) (accounts.Secret, error) {
			text, err := os.ReadFile("/var/run/secrets/reader/token")
			return accounts.NewSecret(text), err
		},
	}
	everything := []string{"1", "7"}
	changed, cursor := everything, ""
	for {
		ids, next, err := client.Changes(ctx, cursor, time.Minute)
		switch {
		case errors.Is(err, accounts.ErrCursorGone):
			cursor, changed = "", everything
			continue
		case err != nil:
			fmt.Println("no changes:", err)
			return
		}
		cursor = next
		for _, id := range append(ids, changed...) {
			vars, err := client.Env(ctx, id)
			fmt.Println("account", id, "has", len(vars), "variables", err)
		}
		changed = nil
	}
}
