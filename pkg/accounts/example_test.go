package accounts_test

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/account-operator/account-operator/pkg/accounts"
)

// The database and the keyset are those of the managers; a role that may only read is enough.
func ExampleOpen() {
	ctx := context.Background()
	db, err := accounts.Open(ctx, accounts.Options{
		Database:   os.Getenv("ACCOUNT_OPERATOR_STORE"),
		KeysetFile: os.Getenv("ACCOUNT_OPERATOR_SEAL_KEYSET_FILE"),
	})
	if err != nil {
		fmt.Println("no store:", err)
		return
	}
	defer func() { _ = db.Close() }()

	vars, err := db.Env(ctx, "1")
	if err != nil {
		fmt.Println("no variables:", err)
		return
	}
	for _, v := range vars {
		fmt.Println(v.Name, "has", v.Value.Len(), "bytes and prints as", v.Value)
	}
	// Output:
	// HF_TOKEN has 9 bytes and prints as ***
	// WANDB_MODE has 7 bytes and prints as ***
}

// What a process gets as its environment.
func ExampleDB_Env() {
	ctx := context.Background()
	db := open()
	defer func() { _ = db.Close() }()

	vars, err := db.Env(ctx, "1")
	if err != nil {
		fmt.Println(err) // of an *accounts.UnreadableError, vars has those that open
		return
	}
	var environment []string
	for _, v := range vars {
		environment = append(environment, v.Name+"="+string(v.Value.Reveal()))
	}
	fmt.Println(environment)

	_, err = db.Env(ctx, "2")
	fmt.Println(errors.Is(err, accounts.ErrNotFound))
	// Output:
	// [HF_TOKEN=hf_canary WANDB_MODE=offline]
	// true
}

func ExampleDB_Connections() {
	ctx := context.Background()
	db := open()
	defer func() { _ = db.Close() }()

	all, err := db.Connections(ctx, "1")
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, c := range all {
		fmt.Println(c.DisplayName, c.Type, c.Bucket, c.Region, string(c.Credentials["accessKeyID"].Reveal()))
	}
	// Output: Training data AmazonS3 training eu-central-1 AKIA0123
}

func open() *accounts.DB {
	db, err := accounts.Open(context.Background(), accounts.Options{
		Database:   os.Getenv("ACCOUNT_OPERATOR_STORE"),
		KeysetFile: os.Getenv("ACCOUNT_OPERATOR_SEAL_KEYSET_FILE"),
	})
	if err != nil {
		panic(err)
	}
	return db
}
