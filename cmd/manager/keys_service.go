package main

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/account-operator/account-operator/internal/reader"
	"github.com/account-operator/account-operator/internal/store"
	"github.com/account-operator/account-operator/internal/store/sqlstore"
)

// serviceCommand looks after what services prove themselves with to a reader.
func serviceCommand(c *config) *cobra.Command {
	cmd := &cobra.Command{Use: "service", Short: "Look after the keys that services read accounts with"}
	list := c.storeSubcommand("list", "List the keys; never a key itself", true, listKeys)
	revoke := &cobra.Command{
		Use: "revoke NAME [ID]", Short: "Revoke a key, or all of the name, and the tokens that were made by it", Args: cobra.RangeArgs(1, 2),
		RunE: func(cmd *cobra.Command, args []string) error {
			id := ""
			if len(args) > 1 {
				id = args[1]
			}
			return c.with(cmd, func(s *sqlstore.Store) error { return revokeKeys(cmd, s, args[0], id) })
		},
	}
	tokens := &cobra.Command{
		Use: "revoke-tokens ACCOUNT-ID", Short: "Revoke every token for one account", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			accounts, err := reader.ParseAccounts(args)
			if err != nil {
				return usagef("%v", err)
			}
			return c.with(cmd, func(s *sqlstore.Store) error {
				count, err := s.RevokeReaderTokens(cmd.Context(), accounts[0])
				if err == nil {
					_, err = fmt.Fprintf(cmd.OutOrStdout(), "%d tokens are revoked\n", count)
				}
				return err
			})
		},
	}
	cmd.AddCommand(createKeyCommand(c), list, revoke, tokens)
	return cmd
}

// with opens the store beside a manager.
func (c *config) with(cmd *cobra.Command, do func(*sqlstore.Store) error) error {
	return c.storeSubcommand(cmd.Name(), "", true, func(_ *cobra.Command, s *sqlstore.Store) error { return do(s) }).RunE(cmd, nil)
}

var serviceName = regexp.MustCompile(`^[a-z0-9]([-a-z0-9.]{0,61}[a-z0-9])?$`)

// longestKey is two years: who forgets a key should not find it working then.
const longestKey = 2 * 365 * 24 * time.Hour

func createKeyCommand(c *config) *cobra.Command {
	var rights, accounts []string
	var all bool
	var validFor time.Duration
	cmd := &cobra.Command{
		Use: "create NAME", Short: "Make a key and print it, this once", Args: cobra.ExactArgs(1),
		Long: "create makes a key and prints it. The store keeps its hash only. A name may have two valid keys: make the second, give it to the\n" +
			"service, then revoke the first.",
		RunE: func(cmd *cobra.Command, args []string) error {
			slices.Sort(rights)
			want := store.ReaderKey{Name: args[0], Rights: slices.Compact(rights), AllAccounts: all, Expires: time.Now().Add(validFor).Truncate(time.Second)}
			if err := checkKey(want, accounts, validFor); err != nil {
				return err
			}
			want.Accounts, _ = reader.ParseAccounts(accounts) // they were checked
			return c.with(cmd, func(s *sqlstore.Store) error { return createKey(cmd, s, want) })
		},
	}
	f := cmd.Flags()
	f.StringSliceVar(&rights, "rights", nil, "what the key may do: "+strings.Join(store.ReaderRights, ", "))
	f.StringSliceVar(&accounts, "accounts", nil, "IDs of the accounts that it may read, as status.accountID has them")
	f.BoolVar(&all, "all-accounts", false, "let it read every account, also those to come")
	f.DurationVar(&validFor, "valid-for", 90*24*time.Hour, "how long it is valid")
	return cmd
}

func checkKey(want store.ReaderKey, accounts []string, validFor time.Duration) error {
	if !serviceName.MatchString(want.Name) {
		return usagef("a service's name is of a-z, 0-9, '-' and '.', 63 characters at most")
	}
	if len(want.Rights) == 0 {
		return usagef("a key without rights is of no use: give --rights=%s", strings.Join(store.ReaderRights, ","))
	}
	for _, right := range want.Rights {
		if !slices.Contains(store.ReaderRights, right) {
			return usagef("--rights has %q; there are %s", right, strings.Join(store.ReaderRights, ", "))
		}
	}
	const mostAccounts = 1000
	if want.AllAccounts == (len(accounts) > 0) || len(accounts) > mostAccounts {
		return usagef("give either --accounts, up to %d of them, or --all-accounts", mostAccounts)
	}
	if _, err := reader.ParseAccounts(accounts); err != nil {
		return usagef("--accounts: %v", err)
	}
	if validFor <= 0 || validFor > longestKey {
		return usagef("--valid-for is between nothing and two years, such as 2160h")
	}
	return nil
}

func createKey(cmd *cobra.Command, s *sqlstore.Store, want store.ReaderKey) error {
	made, text, err := s.CreateReaderKey(cmd.Context(), want)
	if invalid := (*store.InvalidError)(nil); errors.As(err, &invalid) {
		return usagef("%s has %d valid keys; revoke one of them first: manager keys service list, then manager keys service revoke %s ID",
			want.Name, store.ValidKeysOfName, want.Name)
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(cmd.ErrOrStderr(), "key %s of %s, valid until %s. It is shown this once:\n", made.ID, made.Name, made.Expires.UTC().Format(time.RFC3339))
	_, err = fmt.Fprintln(cmd.OutOrStdout(), string(text.Reveal()))
	return err
}

func revokeKeys(cmd *cobra.Command, s *sqlstore.Store, name, id string) error {
	err := s.RevokeReaderKeys(cmd.Context(), name, id)
	if errors.Is(err, store.ErrNotFound) {
		return usagef("there is no such key; see manager keys service list")
	}
	if err == nil {
		_, err = fmt.Fprintln(cmd.OutOrStdout(), "revoked; readers refuse it within a second")
	}
	return err
}

func listKeys(cmd *cobra.Command, s *sqlstore.Store) error {
	keys, err := s.ReaderKeys(cmd.Context())
	if err != nil {
		return err
	}
	out := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 3, ' ', 0)
	fmt.Fprintln(out, "NAME\tID\tRIGHTS\tACCOUNTS\tEXPIRES")
	for _, k := range keys {
		accounts := "all"
		if !k.AllAccounts {
			var texts []string
			for _, account := range k.Accounts {
				texts = append(texts, strconv.FormatInt(account, 10))
			}
			accounts = strings.Join(texts, ",")
		}
		fmt.Fprintf(out, "%s\t%s\t%s\t%s\t%s\n", k.Name, k.ID, strings.Join(k.Rights, ","), accounts, k.Expires.UTC().Format(time.RFC3339))
	}
	return out.Flush()
}
