"""try drafts out."""

import sqlalchemy as sa
from alembic import op

revision = '0019'
down_revision = '0018'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('draft_scenario',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('board_id', sa.Uuid(), nullable=False),
    sa.Column('draft_id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False, comment='1, 2, ... within the draft'),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('text', sa.LargeBinary(), nullable=False, comment='a scenario file, which may hold several'),
    sa.Column('kept_by', sa.Uuid(), nullable=False),
    sa.Column('kept_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True, comment='taken off the list; it is played no more'),
    sa.ForeignKeyConstraint(['board_id'], ['board.id'], name=op.f('fk_draft_scenario_board_id_board')),
    sa.ForeignKeyConstraint(['draft_id'], ['variation_draft.id'], name=op.f('fk_draft_scenario_draft_id_variation_draft')),
    sa.ForeignKeyConstraint(['kept_by'], ['account.id'], name=op.f('fk_draft_scenario_kept_by_account')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_draft_scenario')),
    sa.UniqueConstraint('draft_id', 'number', name=op.f('uq_draft_scenario_draft_id_number'))
    )
    op.create_table('sandbox',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('board_id', sa.Uuid(), nullable=False),
    sa.Column('draft_id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False, comment='1, 2, ... within the draft'),
    sa.Column('revision', sa.Integer(), nullable=False, comment='that of the draft whose files are tried'),
    sa.Column('process', sa.Text(), nullable=False, comment='root process of the case that was begun'),
    sa.Column('starts_at', sa.DateTime(timezone=True), nullable=False, comment='the moment of its own clock at which the case was begun'),
    sa.Column('begun_by', sa.Uuid(), nullable=False),
    sa.Column('begun_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['begun_by'], ['account.id'], name=op.f('fk_sandbox_begun_by_account')),
    sa.ForeignKeyConstraint(['board_id'], ['board.id'], name=op.f('fk_sandbox_board_id_board')),
    sa.ForeignKeyConstraint(['draft_id'], ['variation_draft.id'], name=op.f('fk_sandbox_draft_id_variation_draft')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sandbox')),
    sa.UniqueConstraint('draft_id', 'number', name=op.f('uq_sandbox_draft_id_number'))
    )
    op.create_table('scenario_run',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('board_id', sa.Uuid(), nullable=False),
    sa.Column('draft_id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False, comment='1, 2, ... within the draft'),
    sa.Column('revision', sa.Integer(), nullable=False, comment='that of the draft whose files are played'),
    sa.Column('scenarios', sa.Text(), nullable=False, comment='numbers of those kept with the draft, and whether the delivered ones too'),
    sa.Column('total', sa.Integer(), nullable=False, comment='how many scenarios there are to play'),
    sa.Column('begun_by', sa.Uuid(), nullable=False),
    sa.Column('begun_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True, comment='when the last was played, or why there was none to play was found'),
    sa.Column('why', sa.Text(), nullable=False, comment='why none could be played, where that is so'),
    sa.ForeignKeyConstraint(['begun_by'], ['account.id'], name=op.f('fk_scenario_run_begun_by_account')),
    sa.ForeignKeyConstraint(['board_id'], ['board.id'], name=op.f('fk_scenario_run_board_id_board')),
    sa.ForeignKeyConstraint(['draft_id'], ['variation_draft.id'], name=op.f('fk_scenario_run_draft_id_variation_draft')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_scenario_run')),
    sa.UniqueConstraint('draft_id', 'number', name=op.f('uq_scenario_run_draft_id_number'))
    )
    op.create_table('sandbox_step',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('board_id', sa.Uuid(), nullable=False),
    sa.Column('sandbox_id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False, comment='1, 2, ... in the order in which they were done'),
    sa.Column('kind', sa.Text(), nullable=False, comment='done: as it stands in text; taken_back: the last one that was done and counts'),
    sa.Column('text', sa.LargeBinary(), nullable=False, comment='as a scenario file has it; somebody may type a name'),
    sa.Column('by', sa.Uuid(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("kind in ('done', 'taken_back')", name=op.f('ck_sandbox_step_kind')),
    sa.ForeignKeyConstraint(['board_id'], ['board.id'], name=op.f('fk_sandbox_step_board_id_board')),
    sa.ForeignKeyConstraint(['by'], ['account.id'], name=op.f('fk_sandbox_step_by_account')),
    sa.ForeignKeyConstraint(['sandbox_id'], ['sandbox.id'], name=op.f('fk_sandbox_step_sandbox_id_sandbox')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sandbox_step')),
    sa.UniqueConstraint('sandbox_id', 'number', name=op.f('uq_sandbox_step_sandbox_id_number'))
    )
    op.create_table('scenario_outcome',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('board_id', sa.Uuid(), nullable=False),
    sa.Column('run_id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False, comment='1, 2, ... in the order of the run'),
    sa.Column('file', sa.Text(), nullable=False, comment='name of the file it stands in'),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('wrong', sa.Text(), nullable=False, comment='expected and found, empty where it came out as it says'),
    sa.Column('took', sa.Text(), nullable=False, comment='{process: [id of a step, event or flow that was taken]}'),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['board_id'], ['board.id'], name=op.f('fk_scenario_outcome_board_id_board')),
    sa.ForeignKeyConstraint(['run_id'], ['scenario_run.id'], name=op.f('fk_scenario_outcome_run_id_scenario_run')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_scenario_outcome')),
    sa.UniqueConstraint('run_id', 'number', name=op.f('uq_scenario_outcome_run_id_number'))
    )


def downgrade() -> None:
    op.drop_table('scenario_outcome')
    op.drop_table('sandbox_step')
    op.drop_table('scenario_run')
    op.drop_table('sandbox')
    op.drop_table('draft_scenario')
