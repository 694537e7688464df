package main

import (
	"context"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"bones-tui/hub"
	"bones-tui/hub/checkup"
	"bones-tui/hub/findings"
)

// doctorWithin bounds a whole examination.
const doctorWithin = 30 * time.Second

// doctorReport is the form of `doctor --json`.
type doctorReport struct {
	Root     string             `json:"root"`
	Name     string             `json:"name"`
	Grade    findings.Grade     `json:"grade"` // the worst of the findings
	Findings []findings.Finding `json:"findings"`
}

func newDoctorCommand(rootDir *string) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Examine the workspace and its hub, and say what to do",
		Long: "doctor looks at git, the state directory, the recorded hub, its services, the repository, the JetStream\n" +
			"store, the slots and the disk. It changes nothing and starts nothing. It fails if a line says FAIL.",
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			root, err := findRoot(*rootDir)
			if err != nil {
				return err
			}
			ctx, cancel := context.WithTimeout(cmd.Context(), doctorWithin)
			defer cancel()
			report := doctorReport{Root: root, Name: hub.Name(root), Findings: checkup.Run(ctx, root)}
			for _, f := range report.Findings {
				report.Grade = max(report.Grade, f.Grade)
			}
			if asJSON {
				err = printJSON(cmd.OutOrStdout(), report)
			} else {
				printFindings(cmd.OutOrStdout(), report.Findings)
			}
			if err == nil && report.Grade == findings.GradeFail {
				return exitError{exitFailed}
			}
			return err
		},
	}
	jsonFlag(cmd, &asJSON)
	return cmd
}

// printFindings writes a line for each finding, with the next step at its end.
func printFindings(w io.Writer, all []findings.Finding) {
	t := newTable(w)
	for _, f := range all {
		text := clean(f.Text)
		if f.Next != "" {
			text += "; next: " + clean(f.Next)
		}
		t.row(strings.ToUpper(f.Grade.String()), f.Check, text)
	}
	t.print()
}
