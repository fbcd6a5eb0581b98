"""list cases."""

import sqlalchemy as sa
from alembic import op

revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('case', sa.Column('next_due_on', sa.Date(), nullable=True, comment='the first due day of its clocks that run; kept whenever they are, for lists'))
    op.execute(
        'update "case" set next_due_on = (select min(clock.due_on) from clock where clock.case_id = "case".id'
        " and clock.state in ('running', 'due_soon', 'overdue'))"
    )
    op.create_index('ix_case_list', 'case', ['board_id', 'process', 'state', 'opened_at', 'next_due_on', 'identifier', 'id'])
    op.create_table('case_mark',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('board_id', sa.Uuid(), nullable=False),
    sa.Column('case_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False, comment="birth: a child's day of birth; incident: the day of an incident"),
    sa.Column('mark', sa.Text(), nullable=False, comment='HMAC of Board, kind and day under an audit key'),
    sa.CheckConstraint("kind in ('birth', 'incident')", name=op.f('ck_case_mark_kind')),
    sa.ForeignKeyConstraint(['board_id'], ['board.id'], name=op.f('fk_case_mark_board_id_board')),
    sa.ForeignKeyConstraint(['case_id'], ['case.id'], name=op.f('fk_case_mark_case_id_case')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_case_mark')),
    sa.UniqueConstraint('case_id', 'kind', 'mark', name=op.f('uq_case_mark_case_id_kind_mark'))
    )
    op.create_index('ix_case_mark_mark', 'case_mark', ['board_id', 'kind', 'mark'])
    op.create_table('saved_view',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('account_id', sa.Uuid(), nullable=False),
    sa.Column('name', sa.LargeBinary(), nullable=False, comment="the person's own words"),
    sa.Column('query', sa.LargeBinary(), nullable=False, comment='what was asked of the list, by its keys'),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('removed_at', sa.DateTime(timezone=True), nullable=True, comment='taken out of the list'),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_saved_view_account_id_account')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_saved_view'))
    )
    op.create_index('ix_saved_view_account', 'saved_view', ['account_id', 'removed_at'])
    op.create_index('ix_user_task_step', 'user_task', ['bpmn_id', 'case_id'], sqlite_where=sa.text("state = 'open'"), postgresql_where=sa.text("state = 'open'"))


def downgrade() -> None:
    op.drop_index('ix_user_task_step', table_name='user_task')
    op.drop_table('saved_view')
    op.drop_table('case_mark')
    op.drop_index('ix_case_list', table_name='case')
    op.drop_column('case', 'next_due_on')
