// Command account-env starts a process with the variables of one account, and hands it those that change.
package main

import (
	"os"

	"github.com/account-operator/account-operator/internal/accountenv"
)

// version is set by the build.
var version = "dev"

func main() { os.Exit(accountenv.Main(version, os.Args[1:])) }
