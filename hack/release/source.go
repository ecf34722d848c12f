package main

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"
)

// export writes the files of the commit, each with the commit's time. What is not committed is no part of a release.
func (r *release) export(ctx context.Context) error {
	changed, err := in(ctx, r.root, nil, "git", "status", "--porcelain", "--untracked-files=no")
	if err != nil {
		return err
	}
	if changed != "" {
		return errors.New("there are changes that are not committed:\n" + changed)
	}
	seconds, err := in(ctx, r.root, nil, "git", "show", "--no-patch", "--format=%ct", "HEAD")
	if err != nil {
		return err
	}
	unix, err := strconv.ParseInt(strings.TrimSpace(seconds), 10, 64)
	if err != nil {
		return err
	}
	r.made = time.Unix(unix, 0).UTC()
	archive := r.source + ".tar"
	defer remove(archive)
	if _, err := in(ctx, r.root, nil, "git", "archive", "--output="+archive, "HEAD"); err != nil {
		return err
	}
	_, err = in(ctx, r.source, nil, "tar", "--extract", "--file="+archive)
	return err
}
