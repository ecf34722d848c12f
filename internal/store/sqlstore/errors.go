package sqlstore

import (
	"errors"
	"fmt"

	"github.com/account-operator/account-operator/internal/store"
)

// What the engines make of a unique index that refuses a row; the callers know whose claim and address it is about.
var (
	errAddressTaken = errors.New("another account has the address")
	errClaimTaken   = errors.New("another row has the claim")
	errNameTaken    = errors.New("a row of a namesake has the name")
	errCodeTaken    = errors.New("another account has the referral code")
)

// errAgain says that two writers crossed and one has to try again.
var errAgain = errors.New("another write came in between; try again")

// doing says what was attempted. Types and sentinels stay recognisable.
func doing(what string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", what, err)
}

// addressForms are what an address of a store may look like.
const addressForms = "write sqlite:///path/accounts.db or postgres://user@host:5432/database"

func startupError(problem, nextStep string) error {
	return &store.StartupError{Problem: problem, NextStep: nextStep}
}

// rebindConflict names the claim that has a row already.
func rebindConflict(err error, c store.Claim) error {
	if errors.Is(err, errClaimTaken) || errors.Is(err, errNameTaken) {
		return doing("rebinding a claim", &store.ConflictError{Field: "claim", Holder: c})
	}
	return err
}
