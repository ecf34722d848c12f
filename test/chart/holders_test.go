package chart_test

import (
	"context"
	"io"
	"mime/quotedprintable"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/test/node"
	"github.com/account-operator/account-operator/test/smtp"
)

// On PostgreSQL there are two managers, one of which stands by. Both serve the pages that links in mails lead to.
func TestDeployment_OnPostgreSQL_ServesAccountHolders(t *testing.T) {
	// Given an installation with a database, a mail server and a portal, each address with its password in a Secret
	const site = "https://accounts.example.com"
	newKeyset(t)
	mails, err := smtp.Start(smtp.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = mails.Stop() })
	newSecret(t, "store", "address", databases.NewDatabase(t))
	newSecret(t, "mail", "url", "smtp://"+mails.Address())
	install(t, "account-operator", keyset, "--set=store.type=PostgreSQL,store.postgresql.existingSecret=store",
		"--set=mail.existingSecret=mail,mail.from=Accounts <accounts@example.com>", "--set=portal.url="+site)
	pods, team := newNode(t), newNamespace(t)
	first := runDeployment(t, pods, "account-operator")

	// When there is an account
	alice := newAccount(team, "alice", "")
	createOurs(t, alice...)
	ready(t, team, "alice")
	second := runDeployment(t, pods, "account-operator")

	// Then its holder gets a mail, whose link either manager answers
	link := linkIn(t, mails, site)
	for _, pod := range []*node.Pod{first, second} {
		if page := visit(t, pod, http.MethodGet, link); !strings.Contains(page, "Confirm address") {
			t.Errorf("the page of the link is: %s", page)
		}
	}
	visit(t, second, http.MethodPost, link)
	eventually(t, func(context.Context) string {
		verified := meta.FindStatusCondition(account(t, team, "alice").Status.Conditions, v1alpha1.ConditionEmailVerified)
		if verified == nil || verified.Status != metav1.ConditionTrue {
			return "the address is not confirmed"
		}
		return ""
	})

	// And when the first one goes, the other one takes over, all by the rights of the chart
	if err := first.Stop(); err != nil {
		t.Fatal(err)
	}
	bob := newAccount(team, "bob", "")
	create(t, bob...)
	ready(t, team, "bob")
	refusedNothing(t, "account-operator")
	remove(t, alice[2], alice[1], bob[2], bob[1])
}

// linkIn waits for a mail and returns the link in it.
func linkIn(t *testing.T, mails *smtp.Server, site string) *url.URL {
	t.Helper()
	var link *url.URL
	eventually(t, func(context.Context) string {
		for _, m := range mails.Messages() {
			text, err := io.ReadAll(quotedprintable.NewReader(strings.NewReader(string(m.Text))))
			if err != nil {
				return err.Error()
			}
			if link, err = url.Parse(regexp.MustCompile(site + `/\S+`).FindString(string(text))); err == nil && link.Path != "" {
				return ""
			}
		}
		return "no mail with a link came"
	})
	return link
}

// visit asks one Pod for a page as the proxy in front of it does; a POST sends the token of the link as the page's form.
func visit(t *testing.T, pod *node.Pod, method string, link *url.URL) string {
	t.Helper()
	target, form := "http://"+pod.Address("portal")+link.Path, ""
	if method == http.MethodPost {
		form = url.Values{"token": {link.Query().Get("token")}}.Encode()
	} else {
		target += "?" + link.RawQuery
	}
	request, err := http.NewRequestWithContext(t.Context(), method, target, strings.NewReader(form))
	if err != nil {
		t.Fatal(err)
	}
	request.Host, request.Close = link.Host, true
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	page, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("%s %s: %s %v\n%s", method, link.Path, response.Status, err, page)
	}
	return string(page)
}
