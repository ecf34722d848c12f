package db_test

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/account-operator/account-operator/pkg/accounts"
	"github.com/account-operator/account-operator/pkg/accounts/db"
)

// The database and the keyset are those of the managers; a role that may only read is enough.
func ExampleOpen() {
	ctx := context.Background()
	opened, err := db.Open(ctx, db.Options{
		Database:   os.Getenv("ACCOUNT_OPERATOR_STORE"),
		KeysetFile: os.Getenv("ACCOUNT_OPERATOR_SEAL_KEYSET_FILE"),
	})
	if err != nil {
		fmt.Println("no store:", err)
		return
	}
	defer func() { _ = opened.Close() }()

	vars, err := opened.Env(ctx, "1")
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
	opened := open()
	defer func() { _ = opened.Close() }()

	vars, err := opened.Env(ctx, "1")
	if err != nil {
		fmt.Println(err) // of an *accounts.UnreadableError, vars has those that open
		return
	}
	var environment []string
	for _, v := range vars {
		environment = append(environment, v.Name+"="+string(v.Value.Reveal()))
	}
	fmt.Println(environment)

	_, err = opened.Env(ctx, "2")
	fmt.Println(errors.Is(err, accounts.ErrNotFound))
	// Output:
	// [HF_TOKEN=hf_canary WANDB_MODE=offline]
	// true
}

func ExampleDB_Connections() {
	ctx := context.Background()
	opened := open()
	defer func() { _ = opened.Close() }()

	all, err := opened.Connections(ctx, "1")
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, c := range all {
		fmt.Println(c.DisplayName, c.Type, c.Bucket, c.Region, string(c.Credentials["accessKeyID"].Reveal()))
	}
	// Output: Training data AmazonS3 training eu-central-1 AKIA0123
}

func open() *db.DB {
	opened, err := db.Open(context.Background(), db.Options{
		Database:   os.Getenv("ACCOUNT_OPERATOR_STORE"),
		KeysetFile: os.Getenv("ACCOUNT_OPERATOR_SEAL_KEYSET_FILE"),
	})
	if err != nil {
		panic(err)
	}
	return opened
}
