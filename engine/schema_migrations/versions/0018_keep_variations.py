"""keep variations."""

import sqlalchemy as sa
from alembic import op

revision = '0018'
down_revision = '0017'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('variation_draft',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('board_id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False, comment='1, 2, ... for a Board'),
    sa.Column('name', sa.Text(), nullable=False, comment='of the variation, as folders are called'),
    sa.Column('title', sa.Text(), nullable=False, comment="what it is to change, in the writer's words"),
    sa.Column('base_id', sa.Uuid(), nullable=False, comment='the edition that it is laid over'),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False, comment='one more with each change of it'),
    sa.Column('begun_by', sa.Uuid(), nullable=False),
    sa.Column('begun_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('note', sa.Text(), nullable=False, comment='why it is to be published'),
    sa.Column('proposed_by', sa.Uuid(), nullable=True),
    sa.Column('proposed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended_by', sa.Uuid(), nullable=True, comment='who published it or laid it aside'),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('deployment_id', sa.Uuid(), nullable=True, comment='what it was published as'),
    sa.CheckConstraint("state in ('draft', 'proposed', 'published', 'laid_aside')", name=op.f('ck_variation_draft_state')),
    sa.ForeignKeyConstraint(['base_id'], ['deployment.id'], name=op.f('fk_variation_draft_base_id_deployment')),
    sa.ForeignKeyConstraint(['begun_by'], ['account.id'], name=op.f('fk_variation_draft_begun_by_account')),
    sa.ForeignKeyConstraint(['board_id'], ['board.id'], name=op.f('fk_variation_draft_board_id_board')),
    sa.ForeignKeyConstraint(['deployment_id'], ['deployment.id'], name=op.f('fk_variation_draft_deployment_id_deployment')),
    sa.ForeignKeyConstraint(['ended_by'], ['account.id'], name=op.f('fk_variation_draft_ended_by_account')),
    sa.ForeignKeyConstraint(['proposed_by'], ['account.id'], name=op.f('fk_variation_draft_proposed_by_account')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_variation_draft')),
    sa.UniqueConstraint('board_id', 'number', name=op.f('uq_variation_draft_board_id_number'))
    )
    op.create_table('variation_draft_check',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('board_id', sa.Uuid(), nullable=False),
    sa.Column('draft_id', sa.Uuid(), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False, comment='that of the draft when it was checked'),
    sa.Column('findings', sa.Text(), nullable=False, comment='a list of findings, each with its path'),
    sa.Column('checked_by', sa.Uuid(), nullable=False),
    sa.Column('checked_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['board_id'], ['board.id'], name=op.f('fk_variation_draft_check_board_id_board')),
    sa.ForeignKeyConstraint(['checked_by'], ['account.id'], name=op.f('fk_variation_draft_check_checked_by_account')),
    sa.ForeignKeyConstraint(['draft_id'], ['variation_draft.id'], name=op.f('fk_variation_draft_check_draft_id_variation_draft')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_variation_draft_check'))
    )
    with op.batch_alter_table('variation_draft_check', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_variation_draft_check_draft_id'), ['draft_id'], unique=False)

    op.create_table('variation_draft_file',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('board_id', sa.Uuid(), nullable=False),
    sa.Column('draft_id', sa.Uuid(), nullable=False),
    sa.Column('path', sa.Text(), nullable=False, comment='e.g. processes/consultation.bpmn'),
    sa.Column('revision', sa.Integer(), nullable=False, comment='that of the draft since this was written'),
    sa.Column('content_hash', sa.Text(), nullable=True, comment='null: as the edition has it from here on'),
    sa.Column('written_by', sa.Uuid(), nullable=False),
    sa.Column('written_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['board_id'], ['board.id'], name=op.f('fk_variation_draft_file_board_id_board')),
    sa.ForeignKeyConstraint(['content_hash'], ['file_content.hash'], name=op.f('fk_variation_draft_file_content_hash_file_content')),
    sa.ForeignKeyConstraint(['draft_id'], ['variation_draft.id'], name=op.f('fk_variation_draft_file_draft_id_variation_draft')),
    sa.ForeignKeyConstraint(['written_by'], ['account.id'], name=op.f('fk_variation_draft_file_written_by_account')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_variation_draft_file')),
    sa.UniqueConstraint('draft_id', 'path', 'revision', name=op.f('uq_variation_draft_file_draft_id_path_revision'))
    )
    # Not in batch: cases refer to the table, which is not made anew under them.
    op.add_column('deployment', sa.Column('opens_cases', sa.Boolean(), server_default=sa.true(), nullable=False, comment='false: kept for variations to be laid over it, and for nothing else'))


def downgrade() -> None:
    op.drop_column('deployment', 'opens_cases')

    op.drop_table('variation_draft_file')
    with op.batch_alter_table('variation_draft_check', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_variation_draft_check_draft_id'))

    op.drop_table('variation_draft_check')
    op.drop_table('variation_draft')
