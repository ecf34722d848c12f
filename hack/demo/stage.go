package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/account-operator/account-operator/test/cluster"
	"github.com/account-operator/account-operator/test/cluster/process"
	"github.com/account-operator/account-operator/test/smtp"
)

// stage is what a run has running: a control plane, the operator's manager and the folder with their files.
type stage struct {
	place
	screen *screen
	stays  bool // until it is ended: make up
	audit  bool // lets the API server write down when each request came

	folder  *process.Folder
	group   *process.Group
	cluster *cluster.Cluster
	manager *process.Process
	admin   client.WithWatch
	mails   *smtp.Server
	holder  *holder // of alice's account
	portal  string  // host and port of the pages that links in mails lead to
	health  string  // host and port
	readers string  // host and port of the reader API

	// Only of the tour.
	instance *instance

	// Only of make up.
	mailbox *mailbox
	metrics string // host and port
	renewed chan struct{}

	// fail ends the run: what it waits for cannot come any more.
	fail context.CancelCauseFunc
}

// stopLimit is for the manager to end by itself. That takes milliseconds, unless it cannot reach the API server.
const stopLimit = 5 * time.Second

// open takes the folder and nothing more; the steps start what runs.
func open(s site, folder *process.Folder, screen *screen, fail context.CancelCauseFunc) (*stage, error) {
	st := &stage{place: place{site: s, path: folder.Path}, screen: screen, folder: folder, fail: fail}
	err := os.MkdirAll(st.file("store"), 0o700)
	if err == nil {
		st.group, err = process.NewGroup()
	}
	if err != nil {
		return nil, errors.Join(err, st.close())
	}
	return st, nil
}

// close stops everything and gives the folder up, which removes it if it is temporary.
func (s *stage) close() error {
	var errs []error
	if s.instance != nil {
		errs = append(errs, s.instance.close())
	}
	if s.manager != nil {
		errs = append(errs, s.manager.Stop(stopLimit))
	}
	if s.mailbox != nil {
		errs = append(errs, s.mailbox.close())
	}
	if s.mails != nil {
		errs = append(errs, s.mails.Stop())
	}
	if s.group != nil {
		errs = append(errs, s.group.Close())
	}
	if s.cluster != nil {
		errs = append(errs, s.cluster.Stop())
	}
	return errors.Join(append(errs, s.folder.Close())...)
}

// startCluster takes a loopback port that is free.
func (s *stage) startCluster(ctx context.Context) error {
	started := time.Now()
	c, err := cluster.Start(ctx, cluster.Options{Dir: s.file("cluster"), Audit: s.audit})
	if err != nil {
		return err
	}
	s.cluster = c
	if s.admin, err = client.NewWithWatch(c.Config(), client.Options{}); err != nil {
		return fmt.Errorf("making a client: %w", err)
	}
	s.screen.result("the API server answers on %s, %.1f s after its start", c.Config().Host, time.Since(started).Seconds())
	return nil
}
