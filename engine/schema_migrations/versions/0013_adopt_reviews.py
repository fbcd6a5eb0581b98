"""adopt reviews."""

import sqlalchemy as sa
from alembic import op

revision = '0013'
down_revision = '0012'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('adoption',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('board_id', sa.Uuid(), nullable=False),
    sa.Column('process', sa.Text(), nullable=False, comment='process id of the root, or of the review within it'),
    sa.Column('state', sa.Text(), nullable=False, comment='begun: nothing runs yet; adopted: it is a case; given_up'),
    sa.Column('version', sa.Integer(), nullable=False, comment='goes up with every change'),
    sa.Column('content', sa.LargeBinary(), nullable=False, comment='{began_on, reference, linked, relation, steps, aside, stands_at, people}'),
    sa.Column('case_id', sa.Uuid(), nullable=True),
    sa.Column('submit_key', sa.Text(), nullable=True, comment='so that the same click twice begins one'),
    sa.Column('begun_by', sa.Uuid(), nullable=False),
    sa.Column('begun_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('adopted_by', sa.Uuid(), nullable=True),
    sa.Column('checked_by', sa.Uuid(), nullable=True, comment='the second person, who held it against the papers'),
    sa.Column('checked_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("state in ('begun', 'adopted', 'given_up')", name=op.f('ck_adoption_state')),
    sa.ForeignKeyConstraint(['adopted_by'], ['account.id'], name=op.f('fk_adoption_adopted_by_account')),
    sa.ForeignKeyConstraint(['begun_by'], ['account.id'], name=op.f('fk_adoption_begun_by_account')),
    sa.ForeignKeyConstraint(['board_id'], ['board.id'], name=op.f('fk_adoption_board_id_board')),
    sa.ForeignKeyConstraint(['case_id'], ['case.id'], name=op.f('fk_adoption_case_id_case')),
    sa.ForeignKeyConstraint(['checked_by'], ['account.id'], name=op.f('fk_adoption_checked_by_account')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_adoption')),
    sa.UniqueConstraint('case_id', name=op.f('uq_adoption_case_id')),
    sa.UniqueConstraint('submit_key', name=op.f('uq_adoption_submit_key'))
    )
    op.create_index('ix_adoption_board', 'adoption', ['board_id', 'state'], unique=False)
    op.add_column('case', sa.Column('adopted_at', sa.DateTime(timezone=True), nullable=True, comment='when it was put on record, under way; null: it began here'))
    op.add_column('user_task', sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=True, comment='when it was put on record as done before; null: it was done here'))
    op.add_column('user_task', sa.Column('happened_on', sa.Date(), nullable=True, comment='of one put on record: the day on which it was done; null: nobody knows'))


def downgrade() -> None:
    op.drop_column('user_task', 'happened_on')
    op.drop_column('user_task', 'recorded_at')
    op.drop_column('case', 'adopted_at')
    op.drop_index('ix_adoption_board', table_name='adoption')
    op.drop_table('adoption')
