package seed

import (
	"context"
	"strings"

	"bones-tui/hub/fossil"
)

// RecoveredComment starts the comment of a check-in that stands for another one, whose hash
// follows.
const RecoveredComment = "recovered "

// RecoveredBranch begins the name of the branch that such check-ins are on; the time follows.
const RecoveredBranch = "recovered-"

// Recovered names the check-ins of copies that were brought back to a repository.
func Recovered(ctx context.Context, repo Historian) (map[string]struct{}, error) {
	list, err := repo.Timeline(ctx, fossil.TimelineOptions{CommentPrefix: RecoveredComment})
	if err != nil {
		return nil, err
	}
	names := map[string]struct{}{}
	for _, ci := range list {
		if strings.HasPrefix(ci.Branch, RecoveredBranch) {
			hash, _, _ := strings.Cut(strings.TrimPrefix(ci.Comment, RecoveredComment), " ")
			names[hash] = struct{}{}
		}
	}
	return names, nil
}
